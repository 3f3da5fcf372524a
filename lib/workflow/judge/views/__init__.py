"""What the views of the judge show, each as one record that is fetched once; ui draws it."""
