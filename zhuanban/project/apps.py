"""Wiring: who listens to the door."""

from __future__ import annotations

from django.apps import AppConfig


class Wiring(AppConfig):
    name = "zhuanban.project"
    label = "project"

    def ready(self) -> None:
        from zhuanban.project.wiring import connect  # noqa: PLC0415  (models exist only once apps are ready)

        connect()
