"""Django settings. Two environment variables decide everything that differs between sites:

`ZHUANBAN_HOME` (data folder, default `./data`) and `ZHUANBAN_DATABASE_URL` (a PostgreSQL; absent: SQLite).
An empty one counts as absent.
"""

from __future__ import annotations

import os
from pathlib import Path

from zhuanban.project.home import database, secret_key
from zhuanban.project.proxies import networks

ZHUANBAN_HOME = Path(os.environ.get("ZHUANBAN_HOME") or "data").absolute()
DATABASES = {"default": database(ZHUANBAN_HOME, os.environ.get("ZHUANBAN_DATABASE_URL", ""))}
SECRET_KEY = secret_key(ZHUANBAN_HOME)

DEBUG = False
# The address check belongs to the proxy in front; a plain installation answers on the loopback address only.
ALLOWED_HOSTS = os.environ.get("ZHUANBAN_HOSTS", "127.0.0.1,localhost,[::1],testserver").split(",")
# Reverse proxies whose word about the caller's address is taken (`proxies.py`).
ZHUANBAN_PROXIES = networks(os.environ.get("ZHUANBAN_PROXIES", ""))

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "zhuanban.people",
    "zhuanban.atlas",
    "zhuanban.evidence",
    "zhuanban.ledger",
    "zhuanban.tally",
    "zhuanban.notify",
    "zhuanban.project.apps.Wiring",
]
MIDDLEWARE = [
    "zhuanban.project.proxies.proxies",
    "django.middleware.security.SecurityMiddleware",
    "zhuanban.project.headers.headers",
    "zhuanban.api.limits.limits",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "zhuanban.project.urls"
WSGI_APPLICATION = "zhuanban.project.wsgi.application"
AUTH_USER_MODEL = "people.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
            ]
        },
    }
]
LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True
LOGIN_URL = "/login/"
CSRF_FAILURE_VIEW = "zhuanban.project.urls.forged"

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 3600  # a working day; office machines are shared
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
# A plain installation is reached over http on the machine itself; behind https set ZHUANBAN_HTTPS=1.
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = os.environ.get("ZHUANBAN_HTTPS", "") == "1"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
