import logging
import re

LONG_NUMBER = re.compile(r"\d{15,19}[0-9Xx]?|\b1[3-9]\d{9}\b")


def without_numbers(text: str) -> str:
    """The text with ID, bank and mobile numbers taken out."""
    return LONG_NUMBER.sub("［号码］", text)


class PersonalNumbers(logging.Filter):
    """Takes ID, bank and mobile numbers out of every line before it is written, also out of its traceback."""

    tracebacks = logging.Formatter()

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        cleaned = without_numbers(message)
        if cleaned != message:
            record.msg, record.args = cleaned, ()
        if record.exc_info and record.exc_info[0] is not None:
            text = record.exc_text or self.tracebacks.formatException(record.exc_info)
            record.exc_text = without_numbers(text)  # what a formatter writes, where it is there
        return True
