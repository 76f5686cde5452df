"""A backup is one folder: the database of one instant, the files its rows name, and what both held (docs/backup.md)."""

from core.backups.folders import BackupError
from core.backups.making import make
from core.backups.restoring import restore

__all__ = ["BackupError", "make", "restore"]
