"""Whether what was promised happens: figures for Prometheus and for the team."""
