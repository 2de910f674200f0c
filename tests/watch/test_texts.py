"""What no file of the repository says, and that what it points to is there."""

import re

# Written so that this page does not contain what it looks for.
FORBIDDEN = {
    "host of a package registry": r"pypi[.]org|pythonhosted[.]org|registry[.]npmjs|npmjs[.]com|deb[.]debian[.]org"
    r"|security[.]debian[.]org|crates[.]io",
    "index or host of a package client": r"^\s*--(extra-)?index-url|^\s*--find-links|^\s*--trusted-host",
    "path of one machine": r"(?<![\w.~-])/(work|root|home|opt|Users)/\w|(?<![\w.~-])/tm[p]/",
    "how a text came about": r"\b[A]I\b|\b[L]LM\b|(?i:chat[ -]?b[o]t|co-?auth[o]red-by|generated (by|with) [a-z]* ?mod[e]l"
    r"|sub-?ag[e]nt|this workpl[a]ce|\.\./shar[e]d)",
}
# Where a forbidden text is right: (file, kind) → reason.
EXCEPTIONS: dict[tuple[str, str], str] = {}


def test_no_file_says_what_none_should(texts):
    faults = []
    for name, text in texts.items():
        for kind, pattern in FORBIDDEN.items():
            if (name, kind) in EXCEPTIONS:
                continue
            for found in re.finditer(pattern, text, re.M):
                faults.append(f"{name}:{text.count(chr(10), 0, found.start()) + 1}: {kind}: {found.group().strip()}")
    assert not faults, "\n".join(faults)


def test_the_patterns_find_what_they_are_for():
    samples = {
        "host of a package registry": "see https://pypi" + ".org/simple",
        "index or host of a package client": "--index-" + "url https://example",
        "path of one machine": 'open("/tm' + 'p/x")',
        "how a text came about": "as the A" + "I said",
    }
    assert samples.keys() == FORBIDDEN.keys()
    for kind, sample in samples.items():
        assert re.search(FORBIDDEN[kind], sample, re.M), kind
    for harmless in ("src/work/x", "the root/branch", "AIR", "a/tmp/b", "~/work/x"):
        assert not any(re.search(pattern, harmless, re.M) for pattern in FORBIDDEN.values()), harmless


def test_links_between_pages_lead_somewhere(texts, root):
    faults = []
    for name, text in texts.items():
        if not name.endswith(".md"):
            continue
        for target in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"```.*?```", "", text, flags=re.S)):
            if re.match(r"[a-z]+:|#", target):
                continue
            if not ((root / name).parent / target.split("#")[0]).exists():
                faults.append(f"{name}: {target}")
    assert not faults, "links to pages that are not there:\n" + "\n".join(faults)


def test_every_setting_is_written_down(texts):
    """Every environment variable that the program reads is explained in docs/ or the README."""
    read = {
        word
        for name, text in texts.items()
        if name.startswith("zhuanban/") and name.endswith(".py")
        for word in re.findall(r"""["'](ZHUANBAN_[A-Z_]+)["']""", text)
    }
    assert {"ZHUANBAN_HOME", "ZHUANBAN_DATABASE_URL"} <= read
    pages = "\n".join(text for name, text in texts.items() if re.match(r"(docs/.*|README)\.md$", name))
    missing = sorted(word for word in read if not re.search(rf"\b{word}\b", pages))
    assert not missing, f"explained in no page: {missing}"


def test_the_glossary_defines_each_word_once(root):
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \| [^|]+ \|$", (root / "GLOSSARY.md").read_text("utf-8"), re.M)
    rows = [row for row in rows if row[0] != "word" and not row[0].startswith("---")]
    assert len(rows) > 30
    for column, what in ((0, "word"), (1, "中文")):
        words = [word.strip() for row in rows for word in re.split(r"[,、]", row[column])]
        twice = {word for word in words if words.count(word) > 1}
        assert not twice, f"{what} defined twice: {twice}"
