"""From a deposit to the public: submission, queue, staged publication, its history."""
