"""What a site is made of: manifest, pages, the web app, budget and report."""
