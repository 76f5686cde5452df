"""`python -m core.health` asks the web process of this machine whether it is well: the container's health check."""

import http.client
import os
import sys


def main() -> int:
    host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0]
    connection = http.client.HTTPConnection("127.0.0.1", int(os.environ.get("PORT") or 8000), timeout=4)
    # As the proxy would ask, lest the answer be a redirection to TLS.
    connection.request("GET", "/sante/", headers={"Host": host, "X-Forwarded-Proto": "https"})
    return 0 if connection.getresponse().status == http.client.OK else 1


if __name__ == "__main__":
    sys.exit(main())
