"""The look and the manners of every page: styles, components, icons, images. See README.md."""
