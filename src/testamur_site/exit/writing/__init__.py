"""What an exit is made of: `workplace` where it grows, `public` what anybody may have (asked for by `visiting`), `front` what explains it,
`private` the archive, `bags` the form of it all."""
