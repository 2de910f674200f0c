"""docs/cli.md documents every command, argument and option of `zhuanban`, and none that is not there."""

import re

import click
import pytest

from zhuanban import cli
from zhuanban.people import posts


@pytest.fixture(scope="module")
def commands():
    """{"zhuanban pack check": command} for every command that does something."""
    groups = [value for value in vars(cli).values() if isinstance(value, click.Group)]
    inner = {id(sub) for group in groups for sub in group.commands.values()}
    (top,) = [group for group in {id(group): group for group in groups}.values() if id(group) not in inner]

    def leaves(command, name):
        if isinstance(command, click.Group):
            for word, sub in command.commands.items():
                yield from leaves(sub, f"{name} {word}")
        elif not command.hidden:
            yield name, command

    found = dict(leaves(top, "zhuanban"))
    assert len(found) >= 14
    return found


@pytest.fixture(scope="module")
def page(root):
    return (root / "docs" / "cli.md").read_text("utf-8")


def test_every_command_has_its_heading(commands, page):
    headings = set(re.findall(r"^#+ `(zhuanban(?: [a-z]+)*)", page, re.M))
    assert headings >= commands.keys(), f"no heading in docs/cli.md: {sorted(commands.keys() - headings)}"
    gone = {heading for heading in headings if not any(name.startswith(heading) for name in commands)}
    assert not gone, f"documented but not there: {sorted(gone)}"


def test_every_option_is_documented(commands, page):
    sections = re.split(r"^(?=#+ `zhuanban)", page, flags=re.M)
    faults = []
    for name, command in commands.items():
        section = next((text for text in sections if re.match(rf"#+ `{name}(?![ a-z]*[a-z]\b)", text)), "")
        section = section or next((text for text in sections if re.match(rf"#+ `{name}\b", text)), "")
        for parameter in command.params:
            if isinstance(parameter, click.Option) and not parameter.hidden:
                for flag in parameter.opts:
                    if not re.search(rf"(?<![\w-]){re.escape(flag)}(?![\w-])", section):
                        faults.append(f"{name}: {flag}")
    assert not faults, "not in the command's section of docs/cli.md:\n" + "\n".join(faults)


def test_the_columns_of_a_list_of_people_are_documented(root):
    text = (root / "docs" / "operations.md").read_text("utf-8")
    said = dict(re.findall(r"^\| ([\u4e00-\u9fff]+) \| (yes|no) \|", text, re.M))
    assert said == dict.fromkeys(posts.LIST_HEADS, "yes") | dict.fromkeys(posts.LIST_MORE, "no")


def test_every_command_says_what_it_does(commands):
    silent = [name for name, command in commands.items() if not re.search(r"[\u4e00-\u9fff]", command.help or "")]
    assert not silent, f"no Chinese help: {silent}"
