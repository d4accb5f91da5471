//! The wire: request, response, kwargs and result types. Depends on nothing of ours.
