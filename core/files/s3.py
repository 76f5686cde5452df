"""Files on S3-compatible storage, in two buckets: pictures anybody may see, and what only our views hand out."""

import mimetypes
from typing import Any, Final, NoReturn

from botocore.config import Config
from storages.backends.s3 import S3Storage

MEBIBYTE: Final = 1024 * 1024
# Not every system knows it, and a browser shows no picture that is called anything else.
mimetypes.add_type("image/webp", ".webp")


class Bucket(S3Storage):
    def get_default_settings(self) -> dict[str, Any]:
        """No page waits for long, and no large file is held in memory."""
        defaults: dict[str, Any] = super().get_default_settings()
        return defaults | {
            "client_config": Config(
                signature_version="s3v4",
                connect_timeout=3,
                read_timeout=20,
                retries={"mode": "standard", "max_attempts": 3},
                # Servers other than Amazon's know the older checksums only.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
            "max_memory_size": MEBIBYTE,
            # Names are random: none is ever another's.
            "file_overwrite": True,
        }


class PublicBucket(Bucket):
    def get_default_settings(self) -> dict[str, Any]:
        kept_for_good = {"CacheControl": "public, max-age=31536000, immutable"}
        return super().get_default_settings() | {"querystring_auth": False, "object_parameters": kept_for_good}


class PrivateBucket(Bucket):
    def url(self, name: str, *_arguments: object, **_named: object) -> NoReturn:
        """As of a folder without an address: a link would outlive the right to follow it."""
        raise ValueError(f"Private files have no address: {name}")
