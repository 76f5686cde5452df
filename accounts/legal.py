"""The legal texts members accept, and the version in force of each."""

TERMS = "cgu"
PRIVACY = "confidentialite"
SERVICE_TERMS = "cgps"

VERSIONS: dict[str, str] = {
    TERMS: "2026-11",
    PRIVACY: "2026-11",
    SERVICE_TERMS: "2026-11",
}
