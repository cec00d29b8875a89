"""The examples of docs/widget.md, run as they stand: the tokens they print are let in as who they name."""

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.servers import NOT_RUN
from tests.web.doors import WIDGET, House
from tests.web.test_identity import new_secret
from tests.world import SHOP

ROOT = Path(__file__).parents[2]
RUN = {
    "python": ([sys.executable], "token.py"),
    "js": (["node"], "token.cjs"),
    "php": (["php"], "token.php"),
    "ruby": (["ruby"], "token.rb"),
    "go": (["go", "run"], "token.go"),
}
AT_LEAST = {"python", "js"}
"""What every machine that runs these tests has."""


def example(language: str) -> str:
    """The document's example in a language: the block that prints a token."""
    blocks = re.findall(
        rf"^```{language}\n(.*?)^```", (ROOT / "docs" / "widget.md").read_text(), re.MULTILINE | re.DOTALL
    )
    found = [block for block in blocks if "RECADO_IDENTITY_SECRET" in block]
    assert len(found) == 1, f"one example in {language}"
    return str(found[0])


def printed(language: str, folder: Path, secret: str) -> str:
    """What the example prints where the secret is this one."""
    (program, *more), name = RUN[language]
    written = folder / name
    written.write_text(example(language))
    told = {"RECADO_IDENTITY_SECRET": secret, "PYTHONIOENCODING": "utf-8", "HOME": str(folder)}
    ran = subprocess.run(
        [program, *more, str(written)], env=os.environ | told, capture_output=True, check=False, timeout=120
    )
    assert ran.returncode == 0, ran.stderr.decode()
    return ran.stdout.decode().strip()


@pytest.mark.parametrize("language", RUN)
async def test_the_documented_example_signs_a_token_that_holds(house: House, tmp_path: Path, language: str) -> None:
    program = RUN[language][0][0]
    if shutil.which(program) is None:
        assert language not in AT_LEAST
        pytest.skip(f"{NOT_RUN}{program}")
    secret = (await new_secret(house))["secret"]
    # The house's clock is held by us; the example goes by the machine's.
    house.world.clock.pass_s(time.time() - house.world.clock() / 1_000_000)
    body = {"inbox": house.world.shop, "site": SHOP, "identity": printed(language, tmp_path, secret)}
    answer = await house.nobody()("POST", f"{WIDGET}/visits", body)
    assert answer.status_code == 200, answer.text
    assert answer.json()["visitor"] == {"name": "Lucía Ramos", "email": "lucia@mail.example", "verified": True}
