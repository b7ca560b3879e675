"""What a giver wishes: for whom the course is, and what is written to them."""

ADDRESS = "gran@example.org"
WISH = {"recipient_email": ADDRESS, "recipient_name": "Gran", "message": "For the <long> evenings."}
