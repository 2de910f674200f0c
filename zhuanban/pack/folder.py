"""Where packs are, and their files as text."""

from __future__ import annotations

import os
from base64 import b64encode
from pathlib import Path

import zhuanban
from zhuanban.core.problem import Place, Problem, Refused
from zhuanban.pack import problems

MAX_FILE = 1_000_000  # characters
MAX_TEMPLATE = 700_000  # bytes; as base64 it stays below MAX_FILE
MAX_FILES = 300
MAX_TOTAL = 8_000_000


def campaigns_folder() -> Path:
    """Where built-in packs live: `ZHUANBAN_CAMPAIGNS`, or `campaigns/` beside the package."""
    named = os.environ.get("ZHUANBAN_CAMPAIGNS")
    return Path(named) if named else Path(zhuanban.__file__).resolve().parent.parent / "campaigns"


def list_packs() -> list[Path]:
    """Folders of the built-in packs, by name."""
    home = campaigns_folder()
    return sorted(p.parent for p in home.glob("*/pack.yaml")) if home.is_dir() else []


def find_pack(name_or_dir: str | Path) -> Path:
    """The folder of a pack given by its path or by the name of a built-in one. Raises Refused (pack-001)."""
    given = Path(name_or_dir)
    if (given / "pack.yaml").is_file():
        return given
    home = campaigns_folder()
    if given.name == str(name_or_dir) and (home / given.name / "pack.yaml").is_file():
        return home / given.name
    advice = problems.hint(given.name, [p.name for p in list_packs()], "")
    raise Refused(problems.NO_PACK.at(Place(file=str(name_or_dir)), hint=advice))


def is_template(file: str) -> bool:
    """Is this path of a pack a form's template, kept as base64?"""
    return file.startswith("forms/") and file.lower().endswith(".xlsx")


def pack_files(folder: Path) -> dict[str, str]:
    """Relative path → text of a pack's YAML files, base64 of its templates; `demo/` left out.

    Raises Refused with every unreadable file.
    """
    files, wrong = collect(folder)
    if wrong:
        raise Refused(wrong)
    return files


def collect(folder: Path) -> tuple[dict[str, str], list[Problem]]:
    """The readable files of a pack (relative path → text), and a problem for each that is not."""
    name = folder.resolve().name
    if not (folder / "pack.yaml").is_file():
        return {}, [problems.NO_PACK.at(Place(file=str(folder)), hint="")]
    files: dict[str, str] = {}
    wrong: list[Problem] = []
    for pattern in ("*.y*ml", "*/*.y*ml"):  # no deeper: a pack has one level of folders
        for path in sorted(folder.glob(pattern)):
            relative = path.relative_to(folder).as_posix()
            if relative.startswith(("demo/", ".")) or path.suffix not in (".yaml", ".yml") or not path.is_file():
                continue
            place = Place(file=f"{name}/{relative}")
            if len(files) >= MAX_FILES:
                return files, [*wrong, problems.TOO_BIG.at(place, what=f"超过 {MAX_FILES} 个文件")]
            try:
                if path.stat().st_size > 4 * MAX_FILE:
                    wrong.append(problems.TOO_BIG.at(place, what=f"一个文件超过 {MAX_FILE} 字"))
                    continue
                files[relative] = path.read_bytes().decode("utf-8-sig")
            except (OSError, UnicodeDecodeError):
                wrong.append(problems.NOT_UTF8.at(place))
    _collect_templates(folder, name, files, wrong)
    return files, wrong


def _collect_templates(folder: Path, name: str, files: dict[str, str], wrong: list[Problem]) -> None:
    for path in sorted((folder / "forms").glob("*")):
        relative = f"forms/{path.name}"
        if not is_template(relative) or path.name.startswith((".", "~$")) or not path.is_file():
            continue
        place = Place(file=f"{name}/{relative}")
        try:
            if path.stat().st_size > MAX_TEMPLATE:
                wrong.append(problems.TOO_BIG.at(place, what=f"一个模板超过 {MAX_TEMPLATE // 1000} KB"))
                continue
            files[relative] = b64encode(path.read_bytes()).decode("ascii")
        except OSError:
            wrong.append(problems.BROKEN_TEMPLATE.at(place))
