pub fn start_islands() {}
