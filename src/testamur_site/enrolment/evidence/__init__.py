"""What learners hand in, as bytes: received as a stream, told apart by content, kept under random names, given out as attachments."""
