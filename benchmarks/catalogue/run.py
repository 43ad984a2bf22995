"""The catalogue with ten thousand micro-credentials: how long its pages take.

    python benchmarks/catalogue/run.py [--count 10000] [--rounds 5]

Makes a database of its own in a temporary folder (SQLite; or set TESTAMUR_DATABASE_URL to an empty PostgreSQL database), fills it, and
asks the pages as a visitor without a cache would: through the whole of the platform but the web server. Prints for each kind of
request the median and the worst, and the 95th percentile of all, in milliseconds of processor time; and what the first request costs,
which builds the index, and the first after one institution has changed something.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

ENGLISH = """data analysis statistics python design circular economy nursing care robotics energy climate law finance marketing
teaching leadership security network cloud language writing history museum music health nutrition sport logistics harbour steel
battery hydrogen water soil forest farming food packaging repair textile ethics privacy quality audit risk project agile interview"""
KOREAN = """데이터 분석 통계 설계 순환 경제 간호 돌봄 로봇 에너지 기후 법률 금융 마케팅 교육 리더십 보안 네트워크 언어 글쓰기 역사 박물관
음악 건강 영양 체육 물류 항만 철강 배터리 수소 토양 산림 농업 식품 포장 수리 섬유 윤리 품질 감사 위험 과제 면담"""
WORDS_EN, WORDS_KO = ENGLISH.split(), KOREAN.split()

QUERIES: dict[str, str] = {
    "first page": "",
    "one word": "q=statistics",
    "two words": "q=data+ethics",
    "a word's beginning": "q=anal",
    "two syllables": "q=분석",
    "a sentence": "q=기후+데이터+윤리",
    "one filter": "level=6",
    "three filters": "level=6&level=5&language=ko&start=open",
    "words and filters": "q=energy&level=6&price=free",
    "nothing fits": "q=energy&level=1&price=on_request&language=mt",
    "by title, page 50": "sort=title&page=50",
    "soonest start": "sort=start",
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("TESTAMUR_DATA", folder)
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "testamur_site.config.settings")
        os.environ.setdefault("TESTAMUR_STATIC_COLLECTED", "no")
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        begun = time.perf_counter()
        fill(options.count, random.Random(1))
        print(f"{options.count} micro-credentials made in {time.perf_counter() - begun:.0f} s")
        measure(options.rounds)


def fill(count: int, chance: random.Random) -> None:
    from django.utils import timezone

    from testamur_site.catalogue.demo import circular_economy, data_literacy, digital_credentials
    from testamur_site.catalogue.description import codec
    from testamur_site.catalogue.description.search import columns
    from testamur_site.catalogue.finding import entries
    from testamur_site.catalogue.models import AchievementVersion, CatalogueEntry, MicroCredential, Offering
    from testamur_site.foundation.tenancy.api import Institution, tenant

    bases = [circular_economy.DESCRIPTION, data_literacy.DESCRIPTION, digital_credentials.DESCRIPTION]
    institutions = [
        Institution.objects.create(slug=f"i-{n}", name=f"University {n}", country="IE", languages=["en", "ko"])
        for n in range(40)
    ]
    now = timezone.now()
    for institution in institutions:
        with tenant(institution):
            mine = range(count // len(institutions))
            micro_credentials = MicroCredential.objects.bulk_create(
                MicroCredential(institution=institution, state="published") for _ in mine
            )
            versions, rows, runs = [], [], []
            for n, micro_credential in enumerate(micro_credentials):
                d = varied(chance.choice(bases), chance)
                version = AchievementVersion(
                    institution=institution,
                    micro_credential=micro_credential,
                    number=1,
                    state="published",
                    content=codec.to_json(d),
                    published_at=now - timedelta(minutes=chance.randrange(500_000)),
                    **columns(d),
                )
                versions.append(version)
                run = offering(version, chance)
                runs += [run] if n % 3 else []
                values = entries.columns(d, institution, entries.runs_of([run] if n % 3 else []))
                rows.append((version, values))
            AchievementVersion.objects.bulk_create(versions)
            Offering.objects.bulk_create(runs)
            CatalogueEntry.objects.bulk_create(
                CatalogueEntry(
                    institution=institution,
                    micro_credential=version.micro_credential,
                    version=version,
                    published_at=version.published_at,
                    **values,
                )
                for version, values in rows
            )
            entries.stamp(institution)


def varied(d: Any, chance: random.Random) -> Any:
    from testamur_site.catalogue.description import eu_vocabularies as lists

    english, korean = " ".join(chance.sample(WORDS_EN, 4)), " ".join(chance.sample(WORDS_KO, 4))
    longer = " ".join(chance.choices(WORDS_EN, k=40)), " ".join(chance.choices(WORDS_KO, k=40))
    level = chance.choice(list(lists.EQF_LEVELS)[3:])
    return replace(
        d,
        title={"en": english.capitalize(), "ko": korean},
        description={"en": longer[0], "ko": longer[1]},
        eqf_level=level,
        workload=f"PT{chance.choice((5, 20, 60, 100, 200))}H",
        participation=(chance.choice(list(lists.MODES)),),
    )


def offering(version: Any, chance: random.Random) -> Any:
    from testamur_site.catalogue.models import Offering

    kind = chance.choice(("free", "fixed", "on_request"))
    return Offering(
        institution=version.institution,
        version=version,
        state="open",
        starts_on=datetime.now(UTC).date() + timedelta(days=chance.randrange(300)),
        self_paced=chance.random() < 0.2,
        price_kind=kind,
        price=Decimal(chance.choice((40, 250, 900))) if kind == "fixed" else None,
        currency="EUR" if kind == "fixed" else "",
        language_tags=",en,",
    )


def measure(rounds: int) -> None:
    from django.test import Client

    visitor = Client(HTTP_HOST="localhost")

    def timed(address: str) -> float:
        """Milliseconds of processor time: on a shared machine the clock on the wall tells of the neighbours as well."""
        begun = time.process_time()
        response = visitor.get(address)
        assert response.status_code == 200, address
        return (time.process_time() - begun) * 1000

    from testamur_site.catalogue.finding import entries
    from testamur_site.foundation.tenancy.api import Institution, tenant

    print(f"first request, which builds the index: {timed('/catalogue'):.0f} ms")
    changed = Institution.objects.order_by("pk")[0]
    with tenant(changed):
        entries.stamp(changed)
    print(f"first request after a change of one of 40 institutions: {timed('/catalogue'):.0f} ms")
    everything: list[float] = []
    for name, query in QUERIES.items():
        took = [timed(f"/catalogue?{query}") for _ in range(rounds)]
        everything += took
        print(f"{name:22} median {statistics.median(took):6.1f} ms   worst {max(took):6.1f} ms")
    everything.sort()
    print(
        f"{'all of them':22} median {statistics.median(everything):6.1f} ms   p95 {everything[int(len(everything) * 0.95)]:6.1f} ms"
    )
    tag = visitor.get("/catalogue").headers["ETag"]
    begun = time.process_time()
    for _ in range(rounds):
        assert visitor.get("/catalogue", HTTP_IF_NONE_MATCH=tag).status_code == 304
    print(f"{'not modified (304)':22} mean   {(time.process_time() - begun) * 1000 / rounds:6.1f} ms")
    took = [timed("/api/catalogue?q=energy&level=6") for _ in range(rounds)]
    print(f"{'interface':22} median {statistics.median(took):6.1f} ms")


if __name__ == "__main__":
    main()
