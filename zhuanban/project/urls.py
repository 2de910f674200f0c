"""Addresses of the site."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from zhuanban.api.site import api

urlpatterns: list[URLPattern | URLResolver] = [path("api/", api.urls)]
