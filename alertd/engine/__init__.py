"""What happens in time: firing, delivering, planning, and what people do to deadlines."""
