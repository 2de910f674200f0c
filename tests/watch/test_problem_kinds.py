"""Problem codes are stable names: each is given once, in its room, and says what is wrong and what to do."""

import ast
import re
import string


def kinds(texts):
    """(file, line, code, says, advice) of every Kind(...) in the program."""
    for name, text in texts.items():
        if not (name.startswith("zhuanban/") and name.endswith(".py")):
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Kind":
                words = dict(zip(("code", "says", "advice"), node.args, strict=False))
                words |= {keyword.arg: keyword.value for keyword in node.keywords}
                yield name, node.lineno, *(ast.literal_eval(words[key]) for key in ("code", "says", "advice"))


def test_every_kind_of_problem_has_a_code_of_its_own_room(texts):
    seen, faults = {}, []
    for name, line, code, says, advice in kinds(texts):
        place = f"{name}:{line}"
        if code in seen:
            faults.append(f"{place}: {code} is given at {seen[code]} too")
        seen[code] = place
        room = name.split("/")[1].removesuffix(".py")
        if not re.fullmatch(rf"{room}-\d{{3}}", code):
            faults.append(f"{place}: {code} is no code of the room {room}")
        for what, said in (("says", says), ("advice", advice)):
            # The pack's own sentence may be the whole of it (`{says}`), a hint may follow (`{hint}`).
            if not re.search(r"[\u4e00-\u9fff].*[。！？](\{\w+\})?$|^\{\w+\}$", said, re.S):
                faults.append(f"{place}: {code}: `{what}` is no whole Chinese sentence: {said!r}")
            if any(key is not None and not key for _, key, _, _ in string.Formatter().parse(said)):
                faults.append(f"{place}: {code}: `{what}` has a place without a name")
    assert len(seen) > 20
    assert not faults, "\n".join(faults)
