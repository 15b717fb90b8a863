//! Local full-text search.
