"""The pages of the site, served as files beside the service. Begin with `site`."""
