// The camera as a way in. Without it (no script, no camera, permission refused) the form works as before: the file field takes a photograph.
//
// Browsers that read QR codes themselves (BarcodeDetector) never send a picture; the others send one small frame at a time.
const root = document.querySelector('[data-scan]');

if (root && navigator.mediaDevices?.getUserMedia) {
  const form = root.closest('form');
  const start = root.querySelector('[data-scan-start]');
  const stop = root.querySelector('[data-scan-stop]');
  const video = root.querySelector('video');
  const say = root.querySelector('[data-scan-say]');
  const frames = document.createElement('canvas');
  let stream = null;

  root.hidden = false;

  const detector = async () => {
    if ('BarcodeDetector' in window && (await BarcodeDetector.getSupportedFormats()).includes('qr_code')) {
      const own = new BarcodeDetector({formats: ['qr_code']});
      return async () => (await own.detect(video))[0]?.rawValue;
    }
    return async () => {
      const scale = Math.min(1, 900 / Math.max(video.videoWidth, video.videoHeight));
      frames.width = video.videoWidth * scale;
      frames.height = video.videoHeight * scale;
      frames.getContext('2d').drawImage(video, 0, 0, frames.width, frames.height);
      const blob = await new Promise(done => frames.toBlob(done, 'image/jpeg', 0.8));
      const body = new FormData();
      body.set('frame', blob, 'frame.jpg');
      const answer = await fetch(root.dataset.scan, {method: 'POST', body});
      return answer.status === 200 ? (await answer.json()).text : undefined;
    };
  };

  const close = () => {
    stream?.getTracks().forEach(track => track.stop());
    stream = null;
    video.hidden = stop.hidden = true;
    start.hidden = false;
  };

  start.addEventListener('click', async () => {
    try {
      stream = await navigator.mediaDevices.getUserMedia({video: {facingMode: 'environment'}});
    } catch {
      say.textContent = root.dataset.refused;
      return;
    }
    start.hidden = true;
    video.hidden = stop.hidden = false;
    say.textContent = root.dataset.looking;
    video.srcObject = stream;
    await video.play();
    stop.focus();
    const detect = await detector();
    while (stream) {
      const text = await detect().catch(() => undefined);
      if (text && stream) {
        close();
        say.textContent = root.dataset.found;
        form.elements.address.value = text;
        form.requestSubmit();
        return;
      }
      await new Promise(next => setTimeout(next, 'BarcodeDetector' in window ? 200 : 700));
    }
  });
  stop.addEventListener('click', () => { close(); say.textContent = ''; start.focus(); });
  addEventListener('pagehide', close);
}
