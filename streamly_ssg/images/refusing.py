"""What is not taken for an image, and why."""


class Refused(Exception):
    """The bytes are no image that a page could show; *message* continues the file's name."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message, hint)
        self.message = message
        self.hint = hint
