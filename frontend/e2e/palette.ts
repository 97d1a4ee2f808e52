// A picture of a page has few colours: written with a palette it takes a third of the bytes, and the repository keeps every picture for ever.
import { crc32, deflateSync } from 'node:zlib';
import type { Page } from '@playwright/test';

/** The picture as PNG with the 256 commonest colours, others by their nearest. The pixels are read on a blank page. */
export async function paletted(png: Buffer, blank: Page): Promise<Buffer> {
	const { width, height, data } = await blank.evaluate(async (base64) => {
		const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${base64}`)).blob());
		const context = new OffscreenCanvas(image.width, image.height).getContext('2d')!;
		context.drawImage(image, 0, 0);
		let text = '';
		for (const byte of context.getImageData(0, 0, image.width, image.height).data) text += String.fromCharCode(byte);
		return { width: image.width, height: image.height, data: btoa(text) };
	}, png.toString('base64'));
	const rgba = Buffer.from(data, 'base64');
	const colours: number[] = [];
	const times = new Map<number, number>();
	for (let i = 0; i < rgba.length; i += 4) {
		const colour = rgba.readUIntBE(i, 3);
		colours.push(colour);
		times.set(colour, (times.get(colour) ?? 0) + 1);
	}
	const palette = [...times.keys()].sort((a, b) => (times.get(b) ?? 0) - (times.get(a) ?? 0)).slice(0, 256);
	const apart = (a: number, b: number) => [16, 8, 0].reduce((sum, bits) => sum + (((a >> bits) & 255) - ((b >> bits) & 255)) ** 2, 0);
	const places = new Map(palette.map((colour, i) => [colour, i]));
	const place = (colour: number) => {
		const known = places.get(colour);
		if (known !== undefined) return known;
		let best = 0;
		palette.forEach((other, i) => {
			if (apart(colour, other) < apart(colour, palette[best]!)) best = i;
		});
		places.set(colour, best);
		return best;
	};
	const lines = Buffer.alloc(height * (width + 1)); // each line begins with its filter, 0: none
	colours.forEach((colour, i) => (lines[i + Math.floor(i / width) + 1] = place(colour)));
	const header = Buffer.alloc(13);
	header.writeUInt32BE(width, 0);
	header.writeUInt32BE(height, 4);
	header.set([8, 3], 8); // 8 bits, palette
	const table = Buffer.alloc(palette.length * 3);
	palette.forEach((colour, i) => table.writeUIntBE(colour, i * 3, 3));
	const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
	return Buffer.concat([
		signature,
		chunk('IHDR', header),
		chunk('PLTE', table),
		chunk('IDAT', deflateSync(lines, { level: 9 })),
		chunk('IEND', Buffer.alloc(0)),
	]);
}

function chunk(type: string, body: Buffer): Buffer {
	const length = Buffer.alloc(4);
	length.writeUInt32BE(body.length);
	const named = Buffer.concat([Buffer.from(type, 'latin1'), body]);
	const check = Buffer.alloc(4);
	check.writeUInt32BE(crc32(named) >>> 0);
	return Buffer.concat([length, named, check]);
}
