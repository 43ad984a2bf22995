"""What a judgement is worth: rubrics, peers, agreement, likeness, adaptive tests. Pure: no clock, no network, no database."""
