"""Comments for the systems that people move to, each in the form its importer reads."""
