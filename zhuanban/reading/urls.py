"""Addresses of the pages."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

app_name = "reading"
urlpatterns: list[URLPattern | URLResolver] = []
