/*
 * The script of the HTML report: sorting, filtering, and lighting up what
 * concerns one zone of the map. The page is complete without it.
 */
#include "render/html.h"

const char *const ot_html_script[] = {
	"'use strict';\n"
	"const all = (selector, root) =>\n"
	"	Array.from((root || document).querySelectorAll(selector));\n",

	/* a click on a column's head sorts by it, another one turns it round */
	"const keyOf = (row, column) => {\n"
	"	const cell = row.cells[column];\n"
	"	return cell.dataset.sort || cell.textContent;\n"
	"};\n"
	"const sortBy = (table, head, column) => {\n"
	"	const down = head.getAttribute('aria-sort') === 'ascending';\n"
	"	const body = table.tBodies[0];\n"
	"	const rows = Array.from(body.rows);\n"
	"	rows.sort((a, b) => keyOf(a, column).localeCompare(\n"
	"		keyOf(b, column), 'en', { numeric: true }));\n"
	"	if (down)\n"
	"		rows.reverse();\n"
	"	rows.forEach((row) => body.appendChild(row));\n"
	"	all('th', table.tHead).forEach((th) =>\n"
	"		th.removeAttribute('aria-sort'));\n"
	"	head.setAttribute('aria-sort',\n"
	"		down ? 'descending' : 'ascending');\n"
	"};\n"
	"all('table.list').forEach((table) => {\n"
	"	all('th', table.tHead).forEach((head, column) => {\n"
	"		head.classList.add('sortable');\n"
	"		head.tabIndex = 0;\n"
	"		const act = () => sortBy(table, head, column);\n"
	"		head.addEventListener('click', act);\n"
	"		head.addEventListener('keydown', (event) => {\n"
	"			if (event.key === 'Enter')\n"
	"				act();\n"
	"		});\n"
	"	});\n"
	"});\n",

	/* a field beside each list shows only what holds all of its words */
	"all('[data-filter]').forEach((section) => {\n"
	"	const field = document.createElement('input');\n"
	"	field.type = 'search';\n"
	"	field.className = 'filter';\n"
	"	field.placeholder = 'Filter';\n"
	"	field.setAttribute('aria-label', 'Filter ' + section.id);\n"
	"	section.querySelector('h2').after(field);\n"
	"	field.addEventListener('input', () => {\n"
	"		const words = "
	"field.value.toLowerCase().split(/\\s+/);\n"
	"		all(section.dataset.filter, section).forEach((item) => "
	"{\n"
	"			const text = item.textContent.toLowerCase();\n"
	"			item.hidden = !words.every((word) =>\n"
	"				text.includes(word));\n"
	"		});\n"
	"	});\n"
	"});\n",

	/* the zone under the pointer, and its neighbours, stand out */
	"all('svg.map').forEach((map) => {\n"
	"	const edges = all('.edge[data-from]', map);\n"
	"	const zones = all('.zone', map);\n"
	"	const pick = (zone) => {\n"
	"		const id = zone && zone.dataset.zone;\n"
	"		const near = new Set([id]);\n"
	"		map.classList.toggle('picked', Boolean(zone));\n"
	"		edges.forEach((edge) => {\n"
	"			const { from, to } = edge.dataset;\n"
	"			const lit = from === id || to === id;\n"
	"			edge.classList.toggle('lit', lit);\n"
	"			if (lit)\n"
	"				near.add(from).add(to);\n"
	"		});\n"
	"		zones.forEach((other) => "
	"other.classList.toggle('lit',\n"
	"			Boolean(zone) && "
	"near.has(other.dataset.zone)));\n"
	"	};\n"
	"	zones.forEach((zone) => {\n"
	"		zone.addEventListener('mouseenter', () => "
	"pick(zone));\n"
	"		zone.addEventListener('mouseleave', () => "
	"pick(null));\n"
	"		zone.addEventListener('focus', () => pick(zone));\n"
	"		zone.addEventListener('blur', () => pick(null));\n"
	"	});\n"
	"});\n",
	NULL,
};
