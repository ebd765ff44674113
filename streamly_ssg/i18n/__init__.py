"""What themes say, and how far it is translated: the work behind ``streamly i18n``."""
