"""What the views of error analysis show, each as one record that is fetched once; ui draws it."""
