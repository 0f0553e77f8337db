"""Messages handed to a mail server with one connection each: `python -m bench.anchors.smtp PORT COUNT`; seconds."""

import smtplib
import sys
from email.message import EmailMessage
from time import perf_counter


def send_all(port: int, count: int) -> float:
    """Seconds that it takes."""
    began = perf_counter()
    for number in range(count):
        message = EmailMessage()
        message["From"], message["To"] = "ikb@stadt.example.org", f"post{number}@verein.example.org"
        message["Subject"] = "Bitte um Ihre Stellungnahme"
        message.set_content(f"Guten Tag, hier ist Ihr Link: http://127.0.0.1/beteiligung/{number}\n")
        with smtplib.SMTP("127.0.0.1", port) as server:
            server.send_message(message)
    return perf_counter() - began


if __name__ == "__main__":
    print(send_all(int(sys.argv[1]), int(sys.argv[2])))
