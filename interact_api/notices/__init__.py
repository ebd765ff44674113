"""What people are told: letters that wait in the outbox, and how they leave."""
