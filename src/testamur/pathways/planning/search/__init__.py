"""The search for the way, in whole numbers: `problem` is the question, without any solver; `reach` leaves out what cannot matter;
`relaxation` bounds the answer from below; `model` is the question for CP-SAT; `finding` is the procedure, with the days in `timetable`;
`patience` says how long, and lets somebody look on."""
