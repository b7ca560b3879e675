"""Mail: taken over a real SMTP conversation, kept, shown, and harmless."""

import smtplib
from email.message import EmailMessage

import httpx
import pytest


@pytest.fixture
def send(sandbox):
    """Sends a mail to the sandbox."""

    def sent(to: str = "kim@example.com", *, html: str | None = None, subject: str = "Hello") -> None:
        message = EmailMessage()
        message["Subject"] = subject
        message["From"] = "SkillWise <no-reply@skillwise.example>"
        message["To"] = to
        message.set_content("Open https://app.example/verify?token=abc\nŻółć")
        if html is not None:
            message.add_alternative(html, subtype="html")
        with smtplib.SMTP(sandbox.addresses["smtp_host"], sandbox.addresses["smtp_port"]) as smtp:
            smtp.send_message(message)

    return sent


def inbox(sandbox, **params):
    return httpx.get(f"{sandbox.url}/mail/api/messages", params=params).json()


def test_a_mail_can_be_read_as_json_newest_first(sandbox, send):
    send(subject="Pierwszy — ✓")
    send("lee@example.com", subject="Second", html="<p>Hi</p>")

    second, first = inbox(sandbox)

    assert (first["subject"], first["to"], first["html"]) == ("Pierwszy — ✓", ["kim@example.com"], None)
    assert first["text"] == "Open https://app.example/verify?token=abc\nŻółć\n"
    assert (second["from"], second["html"].strip()) == ("no-reply@skillwise.example", "<p>Hi</p>")
    assert second["received_at"].endswith("Z")
    assert inbox(sandbox, to="KIM@example.com") == [first]
    assert httpx.get(f"{sandbox.url}/mail/api/messages/{first['id']}").json() == first
    assert httpx.get(f"{sandbox.url}/mail/api/messages/999999").status_code == 404


def test_all_mail_can_be_deleted(sandbox, send):
    send()

    assert httpx.delete(f"{sandbox.url}/mail/api/messages").json() == {"deleted": 1}
    assert inbox(sandbox) == []


def test_a_person_reads_mail_on_pages_whose_links_work(sandbox, send):
    send(subject="<b>Bold</b>", html='<script>alert(1)</script><a href="https://app.example/">Go</a>')
    (mail,) = inbox(sandbox)

    listed = httpx.get(f"{sandbox.url}/mail/").text
    page = httpx.get(f"{sandbox.url}/mail/{mail['id']}").text
    html = httpx.get(f"{sandbox.url}/mail/{mail['id']}/html")
    raw = httpx.get(f"{sandbox.url}/mail/{mail['id']}/raw")

    assert "&lt;b&gt;Bold&lt;/b&gt;" in listed
    assert "<b>Bold" not in listed + page
    assert 'href="https://app.example/verify?token=abc"' in page
    assert "alert(1)" not in page
    policy = html.headers["content-security-policy"]
    assert policy.startswith("sandbox")
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
    assert raw.headers["content-type"].startswith("text/plain")
    assert b"Subject: <b>Bold</b>" in raw.content


def test_a_mail_that_is_too_large_is_refused_and_the_next_one_taken(sandbox, send):
    with (
        smtplib.SMTP(sandbox.addresses["smtp_host"], sandbox.addresses["smtp_port"]) as smtp,
        pytest.raises(smtplib.SMTPException) as refusal,
    ):
        smtp.sendmail("a@example.com", ["b@example.com"], b"Subject: big\r\n\r\n" + b"x" * 11 * 1024 * 1024)

    assert "552" in str(refusal.value)
    send()
    assert [mail["subject"] for mail in inbox(sandbox)] == ["Hello"]


def test_any_login_will_do(sandbox):
    with smtplib.SMTP(sandbox.addresses["smtp_host"], sandbox.addresses["smtp_port"]) as smtp:
        smtp.login("anybody", "anything")
        smtp.sendmail("a@example.com", ["b@example.com"], b"Subject: in\r\n\r\nHi")

    assert [mail["subject"] for mail in inbox(sandbox)] == ["in"]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"no header at all",
        b"Subject: =?utf-8?q?broken=ZZ?=\r\nContent-Type: text/plain; charset=klingon\r\n\r\n\xff\xfe",
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nunfinished",
        b"Content-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!!",
    ],
)
def test_a_broken_mail_breaks_nothing(sandbox, raw):
    with smtplib.SMTP(sandbox.addresses["smtp_host"], sandbox.addresses["smtp_port"]) as smtp:
        smtp.sendmail("a@example.com", ["b@example.com"], raw)

    (mail,) = inbox(sandbox)

    for address in ("/mail/", f"/mail/{mail['id']}", f"/mail/{mail['id']}/raw"):
        assert httpx.get(sandbox.url + address).status_code == 200


def test_mail_survives_a_kill(new_sandbox):
    new_sandbox.start()
    with smtplib.SMTP(new_sandbox.addresses["smtp_host"], new_sandbox.addresses["smtp_port"]) as smtp:
        smtp.sendmail("a@example.com", ["b@example.com"], b"Subject: kept\r\n\r\nHi")
    new_sandbox.kill()

    new_sandbox.start()

    assert [mail["subject"] for mail in inbox(new_sandbox)] == ["kept"]
