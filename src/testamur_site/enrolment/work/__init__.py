"""What a learner works on: task pages, drafts, handing in, the portfolio of evidence."""
