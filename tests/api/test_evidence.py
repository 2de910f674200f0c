"""Photos and files: brought by one, seen by who sees the record, never by address alone."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from tests.api.conftest import client_of, user
from zhuanban.core import clock
from zhuanban.core.day import from_iso
from zhuanban.pack.read import load
from zhuanban.people.actions import create_campaign, give_post
from zhuanban.people.models import Campaign

FILES = {
    "pack.yaml": """
key: signs
title: 路牌整修行动
grid:
  root: 县
  levels:
    town: {title: 一级网格, names: [乡镇], digits: 9}
posts:
  county: {title: 县办, sees: all}
  town: {title: 乡镇办, sees: region}
""",
    "ledgers/signs.yaml": """
title: 路牌台账
number: {title: 牌号, pattern: "P-{region}-{seq:03}"}
region: {level: town}
fields:
  photo: {title: 照片, type: photo}
  paper: {title: 附件, type: file}
  letter: {title: 来信原件, type: file, personal: contact, seen_by: [county]}
amend_by: [town, county]
workflow:
  states: {在册: {closed: true}}
  moves: {登记: {from: new, to: 在册, by: [town, county], date: 登记日期}}
""",
}


@pytest.fixture
def signs(now: None, db: None, tmp_path: Path, settings: Any) -> Campaign:
    settings.ZHUANBAN_HOME = tmp_path
    (tmp_path / "r.csv").write_text("代码,名称,上级代码\n1,县,\n1001,东镇,1\n1002,西镇,1\n", "utf-8")
    (tmp_path / "u.csv").write_text("代码,名称,上级代码\nU,县办,\n", "utf-8")
    pack = load(FILES, "signs")
    campaign = create_campaign("signs", FILES, pack, tmp_path / "r.csv", tmp_path / "u.csv", from_iso("2024-01-01"))
    for login, post, region in (("county", "county", ""), ("east", "town", "1001"), ("west", "town", "1002")):
        give_post(campaign, user(login), post, region=region)
    return campaign


@pytest.fixture
def clients(signs: Campaign) -> dict[str, Client]:
    return {h.user.username: client_of(h.user) for h in signs.holdings.select_related("user")}


PATH = "/api/campaigns/signs"


def picture(colour: str = "teal") -> bytes:
    buffer = io.BytesIO()
    Image.linear_gradient("L").convert("RGB").resize((640, 480)).save(buffer, "JPEG", comment=colour.encode())
    return buffer.getvalue()


def upload(client: Client, content: bytes, name: str, status: int = 201) -> Any:
    answer = client.post(f"{PATH}/files", {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code == status, answer.content.decode()
    return answer.json()


def register(client: Client, change: str, region: str = "1001", **fields: Any) -> str:
    said = {"id": change, "ledger": "signs", "steps": [{"verb": "create", "set": fields, "region": region}]}
    outcome = client.post(f"{PATH}/changes", {"changes": [said]}, content_type="application/json").json()["outcomes"][0]
    assert outcome["status"] == "entered", outcome
    return str(outcome["number"])


def test_a_photo_from_upload_to_the_record(clients: dict[str, Client]) -> None:
    photo = picture()
    ref = upload(clients["east"], photo, r"..\..\现场.jpg")
    assert ref == {"sha256": hashlib.sha256(photo).hexdigest(), "name": "现场.jpg"}
    sha = ref["sha256"]
    assert b"".join(clients["east"].get(f"{PATH}/files/{sha}")) == photo  # before it is used
    assert clients["west"].get(f"{PATH}/files/{sha}").status_code == 404
    assert clients["county"].get(f"{PATH}/files/{sha}").status_code == 404
    number = register(clients["east"], "a", photo=[ref])
    for who, status in (("east", 200), ("county", 200), ("west", 404)):
        answer = clients[who].get(f"{PATH}/records/signs/{number}/files/{sha}")
        assert answer.status_code == status, who
    answer = clients["county"].get(f"{PATH}/records/signs/{number}/files/{sha}")
    assert b"".join(answer) == photo
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"].startswith("inline")
    assert "sandbox" in answer["Content-Security-Policy"]
    small = clients["county"].get(f"{PATH}/records/signs/{number}/files/{sha}/thumbnail?px=200")
    with Image.open(io.BytesIO(small.content)) as made:
        assert max(made.size) < 640
    assert clients["west"].get(f"{PATH}/records/signs/{number}/files/{sha}/thumbnail").status_code == 404


def test_what_is_no_picture_is_only_downloaded(clients: dict[str, Client]) -> None:
    ref = upload(clients["east"], "情况说明".encode(), "说明.txt")
    number = register(clients["east"], "a", paper=[ref])
    address = f"{PATH}/records/signs/{number}/files/{ref['sha256']}"
    answer = clients["east"].get(address)
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert clients["east"].get(f"{address}/thumbnail").status_code == 404
    refused = upload(clients["east"], b"<html><script>alert(1)</script>", "a.jpg", 422)
    assert refused["problems"][0]["code"].startswith("evidence-")


def test_a_photo_is_a_picture(clients: dict[str, Client]) -> None:
    """A content may be brought for any use; at the door the field says what it takes."""
    paper, photo = upload(clients["east"], "情况说明".encode(), "说明.txt"), upload(clients["east"], picture(), "a.jpg")
    step = {"verb": "create", "set": {"photo": [photo, paper]}, "region": "1001"}
    said = {"changes": [{"id": "x", "ledger": "signs", "steps": [step]}]}
    outcome = clients["east"].post(f"{PATH}/changes", said, content_type="application/json").json()["outcomes"][0]
    assert [p["code"] for p in outcome["problems"]] == ["ledger-041"]
    assert "文本" in outcome["problems"][0]["says"]
    register(clients["east"], "y", photo=[photo], paper=[paper, photo])


def test_knowing_an_address_does_not_help_by_another_record(clients: dict[str, Client]) -> None:
    """Who may refer to a content may open it; so nobody may refer to what somebody else brought."""
    ref = upload(clients["east"], picture(), "现场.jpg")
    number = register(clients["west"], "w", region="1002")
    assert clients["west"].get(f"{PATH}/records/signs/{number}/files/{ref['sha256']}").status_code == 404
    for who, region in (("west", "1002"), ("county", "1001")):
        step = {"verb": "create", "set": {"photo": [ref]}, "region": region}
        said = {"changes": [{"id": f"grab-{who}", "ledger": "signs", "steps": [step]}]}
        outcome = clients[who].post(f"{PATH}/changes", said, content_type="application/json").json()["outcomes"][0]
        assert [p["code"] for p in outcome["problems"]] == ["ledger-030"], who


def test_who_corrects_a_record_keeps_its_photos_and_adds_his_own(clients: dict[str, Client]) -> None:
    first = upload(clients["east"], picture(), "甲.jpg")
    number = register(clients["east"], "a", photo=[first])
    second = upload(clients["county"], picture("second"), "乙.jpg")
    step = {"verb": "amend", "set": {"photo": [first, second]}}
    said = {"changes": [{"id": "b", "ledger": "signs", "number": number, "steps": [step]}]}
    outcome = clients["county"].post(f"{PATH}/changes", said, content_type="application/json").json()["outcomes"][0]
    assert outcome["status"] == "entered"
    for ref in (first, second):
        assert clients["east"].get(f"{PATH}/records/signs/{number}/files/{ref['sha256']}").status_code == 200
    # The hidden field is no way around: its content may not be named in another field.
    letter = upload(clients["county"], picture("letter"), "信.jpg")
    hidden = register(clients["county"], "l", letter=[letter])
    said["changes"][0] |= {"id": "c", "number": hidden, "steps": [{"verb": "amend", "set": {"photo": [letter]}}]}
    outcome = clients["east"].post(f"{PATH}/changes", said, content_type="application/json").json()["outcomes"][0]
    assert [p["code"] for p in outcome["problems"]] == ["ledger-030"]


def test_a_colleague_puts_right_what_waits_with_its_photos(clients: dict[str, Client]) -> None:
    ref = upload(clients["east"], picture(), "甲.jpg")
    step = {"verb": "create", "set": {"photo": [ref]}, "region": "1"}
    said = {"changes": [{"id": "w", "ledger": "signs", "steps": [step]}]}
    clients["east"].post(f"{PATH}/changes", said, content_type="application/json")
    item = clients["county"].get(f"{PATH}/inbox").json()["items"][0]["id"]
    patch = {"patches": [{"region": "1001"}]}
    done = clients["county"].post(f"{PATH}/inbox/{item}/retry", patch, content_type="application/json").json()
    assert done["status"] == "entered", done


def test_a_hidden_file_opens_with_a_ticket_only(clients: dict[str, Client]) -> None:
    letter = picture("letter")
    ref = upload(clients["county"], letter, "欧阳晚晴来信.jpg")
    number = register(clients["county"], "l", letter=[ref])
    sha = ref["sha256"]
    assert clients["east"].get(f"{PATH}/records/signs/{number}/files/{sha}").status_code == 404
    record = clients["east"].get(f"{PATH}/records/signs/{number}").content.decode()
    assert sha not in record
    assert "欧阳" not in record
    path = f"{PATH}/records/signs/{number}/reveal"
    said = {"field": "letter", "reason": "核对原件"}
    assert clients["east"].post(path, said, content_type="application/json").status_code == 403
    other = user("second")
    give_post(Campaign.objects.get(), other, "county")
    second = client_of(other)
    shown = second.post(path, said, content_type="application/json").json()["value"]
    ticket = shown[0]["ticket"]
    assert b"".join(second.get(f"{PATH}/files/{sha}", {"ticket": ticket})) == letter
    assert clients["east"].get(f"{PATH}/files/{sha}", {"ticket": ticket}).status_code == 404  # not his ticket
    assert second.get(f"{PATH}/files/{'0' * 64}", {"ticket": ticket}).status_code == 404
    assert second.get(f"{PATH}/files/{sha}").status_code == 404
    with clock.set_to(clock.now()):
        assert second.get(f"{PATH}/files/{sha}", {"ticket": ticket + "x"}).status_code == 404


@pytest.mark.parametrize("address", ["..", "%2e%2e%2fsecret", "abc", "A" * 64, "0" * 63, "0" * 64, "%00" + "0" * 61])
def test_no_address_leads_anywhere_else(clients: dict[str, Client], address: str) -> None:
    for path in (f"{PATH}/files/{address}", f"{PATH}/files/{address}/thumbnail"):
        answer = clients["county"].get(path)
        assert answer.status_code == 404, path
        assert answer.json()["problems"][0]["code"] == "api-001"


def test_an_upload_without_a_file_says_so(clients: dict[str, Client]) -> None:
    answer = clients["east"].post(f"{PATH}/files", {"other": "x"})
    assert (answer.status_code, answer.json()["problems"][0]["place"]) == (422, {"field": "file"})


def test_the_files_of_a_record_say_by_which_event_they_came(clients: dict[str, Client]) -> None:
    photo = upload(clients["east"], picture(), "路牌.jpg")
    letter = upload(clients["east"], b"%PDF-1.4\n%%EOF\n", "来信.pdf")
    number = register(clients["east"], "a", photo=[photo], letter=[letter])
    (found,) = clients["east"].get(f"{PATH}/records/signs/{number}/files").json()["files"]  # the letter is masked
    assert (found["field"], found["sha256"], found["version"], found["move"]) == ("photo", photo["sha256"], 1, "登记")
    assert (found["on"], found["by"], found["kind"], found["taken_at"]) == ("2024-03-01", "east", "照片", "")
    assert clients["west"].get(f"{PATH}/records/signs/{number}/files").status_code == 404
