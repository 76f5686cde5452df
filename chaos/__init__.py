"""`./run chaos`: people use the product while its processes are killed; nothing may be missing (docs/chaos.md)."""
