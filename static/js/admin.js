// A phone shows each row of the team's lists as lines: every value gets the name of its column (static/css/admin.css).
const list = document.querySelector("#result_list");

if (list) {
  const names = Array.from(list.tHead.rows[0].cells, (cell) => (cell.querySelector(".text") ?? cell).textContent.trim());
  for (const row of list.tBodies[0].rows) {
    for (const [index, cell] of Array.from(row.cells).entries()) cell.dataset.column = names[index];
  }
}
