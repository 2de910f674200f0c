"""What goes out about files, kept ones and those of a record."""

from __future__ import annotations

from datetime import date
from typing import Any

from ninja import Schema
from pydantic import Field

from zhuanban.api.schemas import example


class FileOut(Schema):
    model_config = example(sha256="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", name="井口.jpg")
    sha256: str = Field(title="内容校验值", description="写入照片、签字、文件字段时用它。")
    name: str = Field(title="文件名")


class RecordFileOut(Schema):
    field: str = Field(title="字段")
    title: str = Field(title="字段名称")
    before: str = Field("", title="整改前照片的字段", description="本字段为整改后照片时。")
    sha256: str = Field(title="内容校验值")
    name: str = Field(title="文件名")
    kind: str = Field(title="种类")
    size: int = Field(title="字节数")
    version: int = Field(title="由第几号事件带来")
    move: str = Field("", title="由哪一步带来")
    on: date = Field(title="发生日期")
    by: str = Field(title="何人")
    taken_at: str = Field("", title="拍摄时间", description="文件自己所载（EXIF）。")
    taken_place: dict[str, Any] | None = Field(None, title="拍摄地点", description="文件自己所载（EXIF）。")
    claimed_at: str = Field("", title="自报时间")
    claimed_place: dict[str, Any] | None = Field(None, title="自报地点")


class RecordFilesOut(Schema):
    model_config = example(
        files=[
            {"field": "photo", "title": "现状图", "before": "", "sha256": "ab" * 32, "name": "现场.jpg", "kind": "图片",
             "size": 482133, "version": 1, "move": "登记", "on": "2024-01-05", "by": "donghu-01",
             "taken_at": "2024-01-05T10:12:00+08:00", "taken_place": None, "claimed_at": "", "claimed_place": None}
        ]
    )  # fmt: skip
    files: list[RecordFileOut] = Field(title="文件")
