"""PostgreSQL and Valkey from the wheels, run as child processes in a local folder. Standard library only: no Django."""
