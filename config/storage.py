"""Where files are kept: folders of this machine, or two buckets of an S3-compatible store."""

from typing import Any
from urllib.parse import urlsplit

from config import env


def folders(private: str) -> dict[str, dict[str, Any]]:
    files = "django.core.files.storage.FileSystemStorage"
    return {
        "default": {"BACKEND": files},
        # Handed out by views that ask who is there, never by the web server.
        "private": {"BACKEND": files, "OPTIONS": {"location": private, "base_url": None}},
    }


def buckets(public: str, private: str, address: str) -> dict[str, dict[str, Any]]:
    """`address` is where anybody reads the public one."""
    parts = urlsplit(address)
    common = {
        "endpoint_url": env.text("S3_ENDPOINT_URL", "") or None,
        "region_name": env.text("S3_REGION", "") or None,
        "access_key": env.text("S3_ACCESS_KEY_ID", "") or None,
        "secret_key": env.text("S3_SECRET_ACCESS_KEY", "") or None,
    }
    shown = {"custom_domain": f"{parts.netloc}{parts.path.rstrip('/')}", "url_protocol": f"{parts.scheme}:"}
    return {
        "default": {"BACKEND": "core.files.s3.PublicBucket", "OPTIONS": common | shown | {"bucket_name": public}},
        "private": {"BACKEND": "core.files.s3.PrivateBucket", "OPTIONS": common | {"bucket_name": private}},
    }


def origin(address: str) -> str:
    """What a page must be allowed to show pictures from."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
