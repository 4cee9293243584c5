"""`.env.example` and the README's table name every setting that the programs read, and no other."""

import re
from pathlib import Path

import pytest

from tests.support.secrecy import SECRET
from todo_web.settings import Settings

ROOT = Path(__file__).parents[1]
EXAMPLE = dict(re.findall(r"^# ([A-Z_]+)=(.*)$", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE))
SETTINGS = {str(field.validation_alias) for field in Settings.model_fields.values()}
FROM_THE_ENVIRONMENT_ONLY = {"PORT"}


def in_the_readme() -> set[str]:
    """Return the names in the first column of the README's table of settings."""
    chapter = (ROOT / "README.md").read_text(encoding="utf-8").partition("\n## Settings\n")[2].partition("\n## ")[0]
    return {
        name for cell in re.findall(r"^\| (`[^|]+) \|", chapter, re.MULTILINE) for name in re.findall("[A-Z_]+", cell)
    }


def in_the_code() -> set[str]:
    """Return the project's own variables that the programs' code speaks of."""
    code = "".join(
        file.read_text(encoding="utf-8") for name in ("todo_cli", "todo_web") for file in (ROOT / name).rglob("*.py")
    )
    return set(re.findall(r"\bTODO_[A-Z][A-Z_]*\b", code))


def test_the_example_and_the_readme_name_the_same_settings() -> None:
    assert set(EXAMPLE) == in_the_readme() - FROM_THE_ENVIRONMENT_ONLY
    assert set(EXAMPLE) > SETTINGS
    assert in_the_code() <= set(EXAMPLE)
    assert in_the_readme() >= FROM_THE_ENVIRONMENT_ONLY


def test_what_the_example_shows_is_the_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("BETTER_AUTH_SECRET", SECRET)
    example = tmp_path / "example"
    example.write_text("\n".join(f"{name}={value}" for name, value in EXAMPLE.items()), encoding="utf-8")
    assert Settings(_env_file=example) == Settings(_env_file=None)
