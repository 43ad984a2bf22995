"""Pages: `queue` what waits and what the institution asks for, `proposals` one proposal, `steps` what is done with it, `conditions`,
`panel` the one page of somebody from outside, `public` what everybody may read."""
