// Runs before anything is drawn: says that scripts run, and takes up the colours that the reader chose.
document.documentElement.classList.add("js");
try {
  const mode = localStorage.getItem("mode");
  if (mode) document.documentElement.dataset.mode = mode;
} catch {
  // Without storage the system's choice holds.
}
