"""Where staff describe a micro-credential: the form in sections, the picture, versions, import."""
