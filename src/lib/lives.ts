// Processes by their pids alone.

/** Whether a process of this pid is there, when nothing else is known of it. */
export function lives(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
