interface Drawing {
  /** Half the width of its shadow, in units of a 600 × 600 scene. */
  readonly shadow: number
  /** SVG shapes; the surface of the table is at y = 490. */
  readonly shapes: string
}

const line = (color: string, width: number) =>
  `fill="none" stroke="${color}" stroke-width="${width}" stroke-linecap="round" stroke-linejoin="round"`

/** A shape for each index. */
const repeat = (count: number, shape: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => shape(i)).join('')

/** One illustration for each sample product. */
export const drawings: Readonly<Record<string, Drawing>> = {
  'MUG-STONE-350': {
    shadow: 150,
    shapes: `
      <path d="M402 270 c90 -14 96 138 -8 128" ${line('#6f8582', 30)}/>
      <path d="M180 220 h240 l-14 232 q-4 38 -44 38 h-124 q-40 0 -44 -38z" fill="#7f9794"/>
      <path d="M180 220 h240 l-5 84 q-60 26 -118 4 t-112 8z" fill="#dcd3c3"/>
      <ellipse cx="300" cy="220" rx="120" ry="26" fill="#eee7da"/>
      <ellipse cx="300" cy="222" rx="102" ry="19" fill="#5b3a28"/>
      ${repeat(26, (i) => `<circle cx="${200 + ((i * 53) % 200)}" cy="${262 + ((i * 71) % 200)}" r="${2 + (i % 3)}" fill="#4e5f5d" opacity="0.45"/>`)}
      <path d="M212 250 l10 190" ${line('#ffffff', 10)} opacity="0.25"/>
      <path d="M262 180 q-18 -26 0 -50 t0 -50 M322 180 q-18 -26 0 -50 t0 -50" ${line('#ffffff', 9)} opacity="0.6"/>`,
  },
  'POUROVER-SET-2': {
    shadow: 140,
    shapes: `
      <path d="M196 108 h208 l-74 150 v34 l84 150 q16 48 -34 48 h-160 q-50 0 -34 -48 l84 -150 v-34z" fill="#ffffff" opacity="0.55"/>
      <path d="M212 396 h176 l26 46 q16 48 -34 48 h-160 q-50 0 -34 -48z" fill="#6b4029"/>
      <ellipse cx="300" cy="396" rx="88" ry="12" fill="#8a573a"/>
      <path d="M214 122 h172 l-66 126 h-40z" fill="#b9bec2"/>
      ${repeat(7, (i) => `<path d="M${232 + i * 22} 134 L${286 + i * 4.6} 240" ${line('#8f969b', 3)}/>`)}
      <path d="M196 108 h208 l-74 150 v34 l84 150 q16 48 -34 48 h-160 q-50 0 -34 -48 l84 -150 v-34z" ${line('#f7fbfb', 7)}/>
      <path d="M262 242 h76 q8 33 0 66 h-76 q-8 -33 0 -66z" fill="#c08a52"/>
      <path d="M264 264 h72 M264 286 h72" ${line('#a3713f', 3)}/>
      <circle cx="300" cy="275" r="10" fill="#6d4526"/>`,
  },
  'GRINDER-HAND-38': {
    shadow: 100,
    shapes: `
      <path d="M300 146 L436 118" ${line('#3c4246', 14)}/>
      <rect x="288" y="132" width="24" height="40" rx="6" fill="#3c4246"/>
      <path d="M436 120 v-34" ${line('#3c4246', 10)}/>
      <circle cx="436" cy="70" r="26" fill="#8a5a35"/>
      <circle cx="428" cy="62" r="8" fill="#b98559"/>
      <rect x="226" y="166" width="148" height="30" rx="10" fill="#50575c"/>
      <rect x="232" y="192" width="136" height="176" fill="#a9b1b6"/>
      <rect x="232" y="192" width="34" height="176" fill="#c9d0d4"/>
      <rect x="338" y="192" width="30" height="176" fill="#8b949a"/>
      <rect x="232" y="256" width="136" height="62" fill="#8a5a35"/>
      ${repeat(11, (i) => `<path d="M${240 + i * 12} 260 v54" ${line('#6d4526', 3)}/>`)}
      <rect x="226" y="362" width="148" height="20" rx="6" fill="#50575c"/>
      <path d="M236 382 h128 v84 q0 24 -26 24 h-76 q-26 0 -26 -24z" fill="#7d868c"/>
      <path d="M246 388 v76" ${line('#c9d0d4', 8)} opacity="0.7"/>
      <g fill="#5b3a28"><ellipse cx="150" cy="480" rx="19" ry="12"/><ellipse cx="186" cy="486" rx="17" ry="11"/><ellipse cx="420" cy="484" rx="19" ry="12"/></g>
      <path d="M136 480 q14 -6 28 0 M174 486 q12 -5 24 0 M406 484 q14 -6 28 0" ${line('#2f1d13', 3)}/>`,
  },
  'PAN-IRON-26': {
    shadow: 0,
    shapes: `
      <g transform="rotate(-38 300 300)">
        <ellipse cx="306" cy="316" rx="176" ry="176" fill="#2b2620" opacity="0.18"/>
        <path d="M430 284 h150 q24 0 24 22 t-24 22 h-150z" fill="#33373a"/>
        <ellipse cx="576" cy="306" rx="11" ry="9" fill="#d6e2d3"/>
        <path d="M146 270 q-40 0 -40 32 t40 32" ${line('#33373a', 20)}/>
        <circle cx="300" cy="302" r="172" fill="#33373a"/>
        <circle cx="300" cy="302" r="150" fill="#232628"/>
        <path d="M178 256 a130 130 0 0 1 94 -82" ${line('#5b6166', 9)} opacity="0.7"/>
      </g>
      <path d="M214 318 q-18 -66 50 -82 q30 -34 74 -8 q62 -10 60 56 q30 52 -28 76 q-36 48 -84 16 q-64 10 -72 -58z" fill="#fbf8f0"/>
      <circle cx="304" cy="296" r="42" fill="#f3b23c"/>
      <path d="M284 282 q8 -14 24 -14" ${line('#fbd98c', 7)}/>`,
  },
  'KNIFE-PARING-9': {
    shadow: 0,
    shapes: `
      <g transform="translate(0 -34) rotate(-32 300 300)">
        <path d="M60 318 h478 v22 h-478z" fill="#2b2620" opacity="0.12"/>
        <path d="M296 262 h-214 q-34 30 -52 62 q140 22 266 8z" fill="#cfd6da"/>
        <path d="M30 324 q140 22 266 8 v-16 q-130 14 -262 -4z" fill="#f1f5f6"/>
        <path d="M296 262 h-214 l-12 12 h226z" fill="#aab4ba"/>
        <rect x="290" y="256" width="26" height="82" rx="5" fill="#c8a24c"/>
        <path d="M314 258 h190 q48 2 48 42 t-54 40 q-60 -14 -184 -4z" fill="#6e3a32"/>
        <path d="M318 268 h184 q30 2 36 20" ${line('#93564a', 6)}/>
        <g fill="#c8a24c"><circle cx="360" cy="300" r="8"/><circle cx="428" cy="300" r="8"/><circle cx="496" cy="300" r="8"/></g>
      </g>
      <path d="M214 430 a62 62 0 0 1 124 0 q0 60 -62 60 t-62 -60z" fill="#c8463d"/>
      <path d="M276 386 q4 -22 20 -30" ${line('#5b3a28', 7)}/>
      <path d="M294 366 q26 -22 46 -4 q-20 18 -46 4z" fill="#6f9a55"/>
      <path d="M232 420 q4 -18 16 -26" ${line('#f0a59b', 8)}/>`,
  },
  'BOARD-OAK-L': {
    shadow: 170,
    shapes: `
      <rect x="120" y="120" width="330" height="370" rx="26" fill="#c79a63"/>
      ${repeat(5, (i) => repeat(6, (j) => `<rect x="${122 + i * 65.4}" y="${122 + j * 61}" width="64" height="60" fill="${['#cda26c', '#c29359', '#d4ac78', '#bb8b52'][(i * 3 + j * 5) % 4]}" rx="${i % 4 === 0 && j % 5 === 0 ? 22 : 0}"/>`))}
      <rect x="146" y="146" width="278" height="318" rx="16" ${line('#9c7040', 8)}/>
      <path d="M120 464 q0 26 26 26 h278 q26 0 26 -26 v14 q0 26 -26 26 h-278 q-26 0 -26 -26z" fill="#96693a"/>
      <g transform="translate(416 392)">
        <circle cx="0" cy="46" r="52" fill="#d9553f"/><circle cx="72" cy="62" r="36" fill="#e2694f"/>
        <path d="M-24 26 q6 -14 20 -18 M54 46 q4 -10 14 -12" ${line('#f6b3a2', 7)}/>
        <path d="M-16 -2 l16 10 l16 -12 M2 8 v-18 M62 30 l10 6 l10 -8" ${line('#5f8a4c', 7)}/>
      </g>`,
  },
  'TOWEL-LINEN-3': {
    shadow: 0,
    shapes: `
      <rect x="70" y="116" width="460" height="16" rx="8" fill="#9a7550"/>
      <circle cx="74" cy="124" r="14" fill="#7d5c3d"/><circle cx="526" cy="124" r="14" fill="#7d5c3d"/>
      ${[
        ['#f3ecdf', '#c05f4a'],
        ['#e9e2d2', '#4f7a86'],
        ['#f1e9da', '#c79a3f'],
      ]
        .map(
          ([cloth, stripe], i) => `<g transform="translate(${i * 136} ${i === 1 ? 14 : 0})">
          <path d="M102 112 h124 v300 q-31 14 -62 0 t-62 0z" fill="${cloth}"/>
          <path d="M102 352 h124 v12 h-124z M102 374 h124 v6 h-124z M102 334 h124 v6 h-124z" fill="${stripe}"/>
          <path d="M134 124 v270 M192 124 v270" ${line('#000000', 10)} opacity="0.05"/>
          <path d="M102 112 h124 v20 q-62 14 -124 0z" fill="#000000" opacity="0.08"/>
        </g>`,
        )
        .join('')}`,
  },
  'LAMP-READ-BRASS': {
    shadow: 110,
    shapes: `
      <path d="M352 232 L170 468 h330z" fill="#fff3c4" opacity="0.55"/>
      <ellipse cx="220" cy="482" rx="92" ry="14" fill="#a67c2e"/>
      <path d="M128 474 q92 -40 184 0 q-92 18 -184 0z" fill="#cfa247"/>
      <path d="M220 462 L196 266" ${line('#b98b36', 13)}/>
      <path d="M196 266 L320 142" ${line('#cfa247', 13)}/>
      <circle cx="196" cy="266" r="17" fill="#8d6722"/><circle cx="196" cy="266" r="7" fill="#e9c878"/>
      <path d="M310 108 q44 -24 78 10 l46 86 l-128 66 l-38 -84 q-8 -50 42 -78z" fill="#cfa247"/>
      <path d="M316 122 q-36 22 -32 60 l22 50" ${line('#efd694', 11)}/>
      <path d="M306 270 L434 204 q8 16 -50 50 t-78 16z" fill="#fff8de"/>
      <path d="M340 484 l130 -12 v-16 l-130 -6z" fill="#7b4350"/><path d="M340 450 l130 6 v16 l-130 -8z" fill="#f6efe3"/>`,
  },
  'BLANKET-WOOL-140': {
    shadow: 190,
    shapes: `
      ${[
        ['#9b8b7b', 400],
        ['#b8a999', 318],
        ['#d8cdbf', 236],
      ]
        .map(
          ([
            color,
            y,
          ]) => `<path d="M130 ${Number(y)} q-18 0 -18 44 t18 46 h322 q34 0 34 -45 t-34 -45z" fill="${color}"/>
          <path d="M452 ${Number(y) + 8} q22 0 22 37 t-22 37 q-18 0 -18 -26 t14 -24" ${line('#000000', 5)} opacity="0.16"/>
          <path d="M140 ${Number(y) + 28} h280 M140 ${Number(y) + 58} h280" ${line('#ffffff', 4)} opacity="0.28" stroke-dasharray="2 13"/>`,
        )
        .join('')}
      <path d="M176 234 h92 v256 h-92z" fill="#8e4e5c"/><path d="M186 234 v256 M258 234 v256" ${line('#b97683', 5)} stroke-dasharray="9 9"/>
      <rect x="190" y="330" width="64" height="66" rx="6" fill="#f5ede2"/>
      <path d="M206 372 q16 -40 32 0z" fill="#8e4e5c"/>`,
  },
  'CLOCK-WALL-30': {
    shadow: 0,
    shapes: `
      <circle cx="308" cy="292" r="186" fill="#2b2620" opacity="0.14"/>
      <circle cx="300" cy="276" r="186" fill="#6b3f4c"/>
      <circle cx="300" cy="276" r="164" fill="#fbf6ee"/>
      ${repeat(60, (i) => `<path d="M300 ${i % 5 ? 128 : 124} v${i % 5 ? 8 : 22}" ${line('#4a3a3f', i % 5 ? 2.5 : 8)} transform="rotate(${i * 6} 300 276)"/>`)}
      <path d="M300 276 L224 218" ${line('#3a2d31', 15)}/>
      <path d="M300 276 L368 174" ${line('#3a2d31', 10)}/>
      <path d="M300 306 L300 156" ${line('#d0604c', 4)} transform="rotate(214 300 276)"/>
      <circle cx="300" cy="276" r="13" fill="#d0604c"/>`,
  },
  'NOTEBOOK-A5-GRID': {
    shadow: 160,
    shapes: `
      <g transform="rotate(-7 300 300)">
        <rect x="178" y="112" width="270" height="370" rx="12" fill="#f7f3e8"/>
        <rect x="186" y="122" width="262" height="360" rx="10" fill="#ded7c6"/>
        <rect x="160" y="104" width="276" height="372" rx="14" fill="#2f5573"/>
        <rect x="160" y="104" width="44" height="372" rx="14" fill="#25445d"/>
        <rect x="402" y="104" width="14" height="372" fill="#e0a43b"/>
        <rect x="232" y="168" width="140" height="96" rx="8" fill="#f7f3e8"/>
        ${repeat(6, (i) => `<path d="M${252 + i * 20} 178 v76" ${line('#b9c6d3', 2)}/>`)}
        ${repeat(4, (i) => `<path d="M242 ${186 + i * 20} h120" ${line('#b9c6d3', 2)}/>`)}
        <path d="M300 476 v44 l10 -12 l10 12 v-44z" fill="#c8463d"/>
      </g>`,
  },
  'PENCIL-CEDAR-12': {
    shadow: 170,
    shapes: `
      ${['#c8463d', '#e0a43b', '#5f8a4c', '#2f5573', '#8e4e5c', '#4f9a94']
        .map(
          (color, i) => `<g transform="translate(${172 + i * 44} ${116 + ((i * 37) % 46)})">
          <path d="M0 62 L20 0 L40 62z" fill="#e9c79b"/><path d="M13 22 L20 0 L27 22z" fill="#33302c"/>
          <path d="M0 62 q10 -14 20 0 t20 0 v150 h-40z" fill="${color}"/>
          <path d="M13 60 v150" ${line('#ffffff', 6)} opacity="0.3"/></g>`,
        )
        .join('')}
      <path d="M146 318 h310 v156 q0 16 -16 16 h-278 q-16 0 -16 -16z" fill="#f1e7d3"/>
      <path d="M146 318 h310 v34 h-310z" fill="#d9c7a4"/>
      <path d="M236 404 q64 -44 128 0 q-64 44 -128 0z" fill="#5f8a4c"/><path d="M248 404 h104" ${line('#f1e7d3', 4)}/>
      <path d="M470 490 v-44 l40 -10 v54z" fill="#cfa247"/><path d="M480 456 l22 -4" ${line('#8d6722', 6)}/>`,
  },
  'PEN-FOUNTAIN-F': {
    shadow: 0,
    shapes: `
      <g transform="translate(10 -20) rotate(40 300 300)">
        <path d="M60 330 h440 v18 h-440z" fill="#2b2620" opacity="0.12"/>
        <path d="M214 270 h288 q46 4 46 30 t-46 30 h-288z" fill="#1f4a5c"/>
        <path d="M150 276 h70 v48 h-70 q-10 -24 0 -48z" fill="#16333f"/>
        <rect x="210" y="266" width="16" height="68" rx="4" fill="#d9b455"/>
        <rect x="236" y="284" width="76" height="32" rx="12" fill="#bfe0ea"/><rect x="236" y="300" width="76" height="16" rx="8" fill="#2c3f9e"/>
        <rect x="474" y="267" width="12" height="66" rx="4" fill="#d9b455"/>
        <path d="M150 278 q-64 4 -104 22 q40 18 104 22z" fill="#e6c56c"/>
        <path d="M46 300 h74" ${line('#8d6722', 4)}/><circle cx="122" cy="300" r="7" fill="#8d6722"/>
        <path d="M328 280 h136" ${line('#5b8fa3', 7)}/>
      </g>
      <path d="M96 118 q40 -46 84 -8 t84 -6 t70 -10" ${line('#2c3f9e', 7)}/>`,
  },
  'TOTE-CANVAS-18': {
    shadow: 160,
    shapes: `
      <path d="M222 246 q-16 -166 78 -166 t78 166" ${line('#8d5a34', 18)}/>
      <path d="M152 236 h296 l22 236 q2 18 -18 18 h-304 q-20 0 -18 -18z" fill="#5f7356"/>
      <path d="M152 236 h296 l3 32 h-302z" fill="#4d5f46"/>
      <path d="M132 452 h336 l2 20 q2 18 -18 18 h-304 q-20 0 -18 -18z" fill="#8d5a34"/>
      <path d="M216 236 v52 M384 236 v52" ${line('#8d5a34', 24)}/>
      <g fill="#e0b95e"><circle cx="216" cy="276" r="6"/><circle cx="384" cy="276" r="6"/></g>
      <path d="M228 324 h144 v84 q0 12 -12 12 h-120 q-12 0 -12 -12z" fill="#6f8465"/>
      <path d="M228 324 h144 v84 q0 12 -12 12 h-120 q-12 0 -12 -12z" ${line('#dfe3c9', 3)} stroke-dasharray="8 7"/>
      <path d="M172 282 l-10 160" ${line('#ffffff', 9)} opacity="0.14"/>`,
  },
  'BACKPACK-ROLL-22': {
    shadow: 150,
    shapes: `
      <path d="M186 250 q-46 60 -30 196 M414 250 q46 60 30 196" ${line('#23303a', 24)}/>
      <path d="M180 210 h240 l14 244 q2 36 -36 36 h-196 q-38 0 -36 -36z" fill="#d98e2f"/>
      <path d="M180 210 h240 l4 70 h-248z" fill="#c27a20"/>
      <rect x="168" y="150" width="264" height="66" rx="30" fill="#e5a24a"/>
      <path d="M184 176 h232 M184 192 h232" ${line('#c27a20', 5)}/>
      <path d="M262 92 q38 -26 76 0 v58 h-76z" ${line('#23303a', 13)}/>
      <path d="M238 150 v146 M362 150 v146" ${line('#23303a', 15)}/>
      <rect x="224" y="246" width="28" height="36" rx="6" fill="#f4ead7"/><rect x="348" y="246" width="28" height="36" rx="6" fill="#f4ead7"/>
      <rect x="212" y="330" width="176" height="126" rx="18" fill="#c27a20"/>
      <path d="M226 356 h148" ${line('#23303a', 7)}/><path d="M372 356 v22" ${line('#f4ead7', 8)}/>
      <path d="M200 300 l-6 140" ${line('#ffffff', 9)} opacity="0.22"/>`,
  },
  'FLASK-STEEL-750': {
    shadow: 90,
    shapes: `
      <rect x="258" y="70" width="84" height="70" rx="12" fill="#c3cbcf"/>
      ${repeat(6, (i) => `<path d="M${268 + i * 13} 80 v50" ${line('#98a3a9', 4)}/>`)}
      <rect x="264" y="136" width="72" height="20" fill="#22505a"/>
      <path d="M262 154 h76 q4 34 26 52 q18 18 18 46 v208 q0 30 -30 30 h-104 q-30 0 -30 -30 v-208 q0 -28 18 -46 q22 -18 26 -52z" fill="#2f7a82"/>
      <path d="M218 396 h164 v64 q0 30 -30 30 h-104 q-30 0 -30 -30z" fill="#c3cbcf"/>
      <path d="M236 262 v124" ${line('#8fc7c8', 13)} opacity="0.7"/>
      <path d="M236 408 v52" ${line('#ffffff', 11)} opacity="0.7"/>
      <path d="M268 344 l32 -52 l22 34 l12 -16 l24 34z" fill="#f3efe2"/><circle cx="340" cy="284" r="11" fill="#e9b44c"/>`,
  },
  'TENT-TRAIL-2': {
    shadow: 0,
    shapes: `
      <circle cx="470" cy="120" r="44" fill="#f6d48a"/>
      <path d="M0 468 L120 300 L206 392 L330 236 L470 390 L538 318 L600 392 V468z" fill="#8fb3b5"/>
      <path d="M330 236 l-34 43 l30 -6 l12 16 l22 -20z M120 300 l-20 28 l20 -4 l18 -6z" fill="#eef6f5"/>
      <ellipse cx="300" cy="496" rx="232" ry="17" fill="#2b2620" opacity="0.18"/>
      <path d="M300 238 Q170 300 84 492 h432 Q430 300 300 238z" fill="#d9773c"/>
      <path d="M300 238 Q390 340 420 492 h96 Q430 300 300 238z" fill="#bf6029"/>
      <path d="M300 238 Q222 350 212 492 h152 Q360 350 300 238z" fill="#f0dcb4"/>
      <path d="M300 238 Q290 360 288 492 h-76 Q222 350 300 238z" fill="#4b3a33"/>
      <path d="M300 238 Q262 340 212 492 l38 -30 Q288 350 300 238z" fill="#e9cf9d"/>
      <path d="M300 238 v-20 M84 492 l-34 4 M516 492 l34 4" ${line('#5b463b', 6)}/>
      <g fill="#3f6d5c"><path d="M40 470 l34 -104 l34 104z"/><path d="M520 470 l26 -84 l26 84z"/></g>`,
  },
  'LANTERN-CAMP-USB': {
    shadow: 110,
    shapes: `
      <circle cx="300" cy="312" r="196" fill="#fff1b8" opacity="0.5"/><circle cx="300" cy="312" r="140" fill="#fff1b8" opacity="0.6"/>
      <path d="M222 196 q0 -116 78 -116 t78 116" ${line('#3b4a46', 11)}/>
      <path d="M222 190 q78 -52 156 0 v24 h-156z" fill="#3f5f55"/>
      <rect x="210" y="208" width="180" height="22" rx="10" fill="#2d463f"/>
      <path d="M226 230 h148 q14 80 0 160 h-148 q-14 -80 0 -160z" fill="#fff7da"/>
      <path d="M300 258 q34 42 18 84 q-18 26 -36 0 q-16 -42 18 -84z" fill="#f6bf4f"/><path d="M300 296 q16 24 8 46 q-8 12 -16 0 q-8 -22 8 -46z" fill="#fff1b8"/>
      <path d="M228 230 q-14 80 0 160 M372 230 q14 80 0 160 M262 230 v160 M338 230 v160" ${line('#2d463f', 7)}/>
      <path d="M206 390 h188 v66 q0 34 -34 34 h-120 q-34 0 -34 -34z" fill="#3f5f55"/>
      <rect x="206" y="386" width="188" height="18" rx="8" fill="#2d463f"/>
      <circle cx="300" cy="446" r="24" fill="#e0a43b"/><path d="M300 446 l10 -16" ${line('#6d4a12', 6)}/>
      <rect x="350" y="440" width="24" height="11" rx="4" fill="#1d2f2a"/>`,
  },
}
