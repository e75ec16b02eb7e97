//! What is covered and since when, of hosted connections on two interconnects.
